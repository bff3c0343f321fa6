import { expect, test } from "vitest";
import { fullest, healthScore } from "../../../internal/commands/sys/health.ts";
import { userFolders } from "../../../internal/commands/sys/paths.ts";
import type { Disk } from "../../../internal/facts/facts.ts";
import { percentOf } from "../../../internal/facts/percent.ts";

test.each([
  [[0, 70, 70], 100],
  [[100, 100, 100], 0],
  [[100, 0, 0], 67],
  [[85, 0, 0], 83],
])("a machine with the usage %j % has the health score %i", (uses, score) => {
  expect(healthScore(uses)).toBe(score);
});

test("read-only, in-memory and remote file systems do not count as the fullest disk", () => {
  const disk = (file_system: string, usage_percent: number) => ({ file_system, usage_percent }) as Disk;
  expect(fullest([disk("squashfs", 100), disk("ext4", 40), disk("xfs", 60), disk("tmpfs", 90), disk("nfs4", 99)])).toBe(
    60,
  );
  expect(fullest([])).toBe(0);
});

test.each([
  [1, 3, 33.33],
  [5, 0, 0],
  [-1, 10, 0],
  [11, 10, 100],
])("%i of %i is %f %%", (part, whole, percent) => {
  expect(percentOf(part, whole)).toBe(percent);
});

test("user directories follow the XDG specification, which ignores relative paths", () => {
  expect(userFolders("/home/u", { XDG_CONFIG_HOME: "/etc/u", XDG_CACHE_HOME: "relative" }, "linux")).toEqual({
    config: "/etc/u",
    data: "/home/u/.local/share",
    cache: "/home/u/.cache",
  });
});

test("user directories on macOS and Windows are those of the platform", () => {
  expect(userFolders("/Users/u", {}, "darwin")).toEqual({
    config: "/Users/u/Library/Application Support",
    data: "/Users/u/Library/Application Support",
    cache: "/Users/u/Library/Caches",
  });
  expect(userFolders("C:/u", { APPDATA: "C:/u/Roaming", LOCALAPPDATA: "C:/u/Local" }, "win32")).toEqual({
    config: "C:/u/Roaming",
    data: "C:/u/Local",
    cache: "C:/u/Local",
  });
});
