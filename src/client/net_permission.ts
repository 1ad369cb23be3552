/** Whether the runtime lets a program connect. See {@linkcode checkNetPermission}. */

import { NetPermissionError } from "./net_permission_error.ts";

/** What is used of Deno; the other runtimes let everybody connect. */
interface PermissionHost {
  readonly Deno?: {
    readonly permissions: {
      querySync(
        permission: { readonly name: "net"; readonly host: string },
      ): { readonly state: string };
    };
  };
}

/**
 * Checks that the permission to connect was given. Without looking, connecting
 * would ask the user for it.
 *
 * @throws {NetPermissionError} when it was not.
 */
export function checkNetPermission(hostname: string, port: number): void {
  if (!("Deno" in globalThis)) return;
  const { Deno } = globalThis as PermissionHost;
  const host = `${hostname}:${port}`;
  const status = Deno?.permissions.querySync({ name: "net", host });
  if (status !== undefined && status.state !== "granted") {
    throw new NetPermissionError(hostname, port);
  }
}
