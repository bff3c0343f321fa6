import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { XsysError } from "../../protocol/errors.ts";
import type { AppSpec } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";
import { mustBe } from "./quantities.ts";

/**
 * User and group of an app's processes. Without a group it is the user's primary one: otherwise they would keep root's.
 * @throws INVALID_PARAMS, NOT_FOUND; DENIED if this user cannot start programs as another one
 */
export async function ownerOf({ uid, gid }: Pick<AppDefinition, "uid" | "gid">): Promise<Pick<AppSpec, "uid" | "gid">> {
  if (uid === undefined && gid === undefined) return {};
  if (process.getuid === undefined) throw new XsysError("UNSUPPORTED", "uid and gid are not supported on Windows");
  const user = uid === undefined ? undefined : await idOf("uid", uid, userId);
  const group = gid === undefined ? await primaryGroup(uid, user) : await idOf("gid", gid, groupId);
  refuseForeign("uid", user, process.getuid());
  refuseForeign("gid", group, process.getgid?.());
  return { ...(user !== undefined && { uid: user }), ...(group !== undefined && { gid: group }) };
}

const MOST = 2 ** 32 - 2; // 2^32 - 1 means "unchanged" in chown(2) and setresuid(2)

async function idOf(
  name: string,
  value: number | string,
  find: (name: string) => Promise<number | undefined>,
): Promise<number> {
  const number = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number === "number") {
    if (Number.isInteger(number) && number >= 0 && number <= MOST) return number;
    throw mustBe(name, `a name or a number from 0 to ${MOST}`, value);
  }
  const found = await find(number);
  if (found === undefined) throw new XsysError("NOT_FOUND", `${name}: "${number}" does not exist on this machine`);
  return found;
}

function userId(name: string): Promise<number | undefined> {
  return printedNumber("id", ["-u", "--", name]);
}

/** A user without an entry in the user database has no primary group; the number of the user is the usual one. */
async function primaryGroup(uid: number | string | undefined, user: number | undefined): Promise<number | undefined> {
  return uid === undefined ? undefined : ((await printedNumber("id", ["-g", "--", String(uid)])) ?? user);
}

/** From the system's databases of groups where getent exists, and otherwise on macOS by dscl(1). */
async function groupId(name: string): Promise<number | undefined> {
  if (process.platform === "darwin") return printedNumber("dscl", [".", "-read", `/Groups/${name}`, "PrimaryGroupID"]);
  return printedNumber("getent", ["group", "--", name]);
}

/** The first number that stands alone or between colons in what a program prints; undefined if it fails. */
async function printedNumber(program: string, args: readonly string[]): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: 5_000 }).catch(() => ({ stdout: "" }));
  const number = /(?:^|[:\s])(\d+)(?:[:\s]|$)/.exec(stdout)?.[1];
  return number === undefined ? undefined : Number(number);
}

function refuseForeign(name: string, id: number | undefined, own: number | undefined): void {
  if (id === undefined || id === own || process.geteuid?.() === 0) return;
  throw new XsysError("DENIED", `${name} ${id} can only be set by root`);
}
