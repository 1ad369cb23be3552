/** What a command may do, found out before it begins. @module */

import { CommandError } from "./_command_error.ts";

/** What is used of Deno; the other runtimes let everybody write. */
interface PermissionHost {
  readonly Deno?: {
    readonly permissions: {
      querySync(
        permission: { readonly name: "write"; readonly path: string },
      ): { readonly state: string };
    };
  };
}

/**
 * Checks that a file or folder may be written. Without looking, writing would ask
 * the user, in the middle of a live table.
 *
 * @param path The file or folder.
 * @param task The task of `deno.json` that has the permission.
 * @throws {CommandError} when it may not.
 */
export function checkWritePermission(path: string, task: string): void {
  const { Deno } = globalThis as PermissionHost;
  const status = Deno?.permissions.querySync({ name: "write", path });
  if (status === undefined || status.state === "granted") return;
  throw new CommandError(
    `Cannot write ${path} as --allow-write must be given: it is not`,
    { advice: adviceToRun(task) },
  );
}

/** What to do about a permission that is missing. */
export function adviceToRun(task: string): string {
  return `"deno task ${task}" gives it`;
}
