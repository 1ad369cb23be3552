/** Whether the runtime lets a program use a file. See {@linkcode checkPathPermission}. */

/** What is used of Deno; the other runtimes let everybody read and write. */
interface PermissionHost {
  readonly Deno?: {
    readonly permissions: {
      querySync(
        permission: { readonly name: "read" | "write"; readonly path: string },
      ): { readonly state: string };
    };
  };
}

/**
 * Checks that the permission for a file or folder was given. Without looking, using
 * it would ask the user, in the middle of things.
 *
 * @param name Which permission.
 * @param path The file or folder.
 * @throws {Error} of code `EACCES`, when it was not.
 */
export function checkPathPermission(
  name: "read" | "write",
  path: string,
): void {
  const { Deno } = globalThis as PermissionHost;
  const status = Deno?.permissions.querySync({ name, path });
  if (status === undefined || status.state === "granted") return;
  throw Object.assign(
    new Error(`--allow-${name} must be given for it: it is not`),
    { code: "EACCES" },
  );
}
