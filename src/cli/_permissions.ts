/** What a command may do, found out before it begins. @module */

import { checkPathPermission } from "../_path_permission.ts";
import { CommandError } from "./_command_error.ts";

/**
 * Checks that a file or folder may be written. Without looking, writing would ask
 * the user, in the middle of a live table.
 *
 * @param path The file or folder.
 * @param task The task of `deno.json` that has the permission.
 * @throws {CommandError} when it may not.
 */
export function checkWritePermission(path: string, task: string): void {
  try {
    checkPathPermission("write", path);
  } catch (cause) {
    throw new CommandError(
      `Cannot write ${path} as --allow-write must be given: it is not`,
      { cause, advice: adviceToRun(task) },
    );
  }
}

/** What to do about a permission that is missing. */
export function adviceToRun(task: string): string {
  return `"deno task ${task}" gives it`;
}
