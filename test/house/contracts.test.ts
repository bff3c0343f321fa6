import { describe, expect, test } from "vitest";
import { GLOBAL_OPTIONS } from "../../cmd/xsys/globals.ts";
import { handlers } from "../../internal/host/handlers.ts";
import { contracts, contractsByName } from "../../protocol/commands/index.ts";
import { optionName } from "../../protocol/contract/params.ts";
import { ERRORS } from "../../protocol/errors.ts";

/** Error codes are stable: lines may be added here, but never changed. */
const PINNED_CODES = {
  INVALID_PARAMS: [64, 400],
  UNKNOWN_COMMAND: [64, 404],
  INVALID_DATA: [65, 422],
  NOT_FOUND: [66, 404],
  UNAVAILABLE: [69, 503],
  UNSUPPORTED: [69, 501],
  INTERNAL: [70, 500],
  ALREADY_EXISTS: [73, 409],
  NOT_A_DIRECTORY: [73, 409],
  IS_A_DIRECTORY: [73, 409],
  NOT_EMPTY: [73, 409],
  IO_ERROR: [74, 500],
  NO_SPACE: [74, 507],
  TOO_LARGE: [74, 413],
  BUSY: [75, 423],
  LIMIT_EXCEEDED: [75, 429],
  TIMEOUT: [75, 504],
  CANCELLED: [75, 499],
  BAD_FRAME: [76, 400],
  FRAME_TOO_LARGE: [76, 413],
  UNKNOWN_TYPE: [76, 400],
  DENIED: [77, 403],
};

test("error codes keep their exit and HTTP statuses", () => {
  expect(Object.fromEntries(Object.entries(ERRORS).map(([code, { exit, http }]) => [code, [exit, http]]))).toEqual(
    PINNED_CODES,
  );
});

test("the client's public exports are these", async () => {
  expect(Object.keys(await import("../../clients/typescript/index.ts")).sort()).toEqual([
    "ERRORS",
    "XsysError",
    "connect",
    "connectSync",
    "defaultSocket",
  ]);
});

test("the worker's public exports are these", async () => {
  expect(Object.keys(await import("../../clients/typescript/worker.ts")).sort()).toEqual([
    "XsysError",
    "serveNodeWorker",
    "serveWorker",
    "workerContext",
  ]);
});

test("every name is declared once, and every handler implements its contract", async () => {
  expect(contractsByName.size).toBe(contracts.length);
  for (const [name, load] of Object.entries(handlers)) {
    const { default: handler } = await load();
    expect(handler.contract).toBe(contractsByName.get(name));
  }
});

describe.each(contracts.map((contract) => [contract.name, contract] as const))(
  "the contract of %s",
  (_name, contract) => {
    const properties = contract.params.properties ?? {};

    test("has a name in kebab-case, a sentence as its summary, and an example", () => {
      expect(contract.name).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
      expect(contract.summary).toMatch(/^[A-Z].*\.$/);
      expect(contract.examples.length).toBeGreaterThan(0);
    });

    test("lists UNAVAILABLE if it needs a service", () => {
      if (contract.needsService) expect(contract.errors).toContain("UNAVAILABLE");
    });

    test("has only declared parameters as positionals", () => {
      for (const place of contract.positionals ?? []) expect(properties).toHaveProperty(place.replace(/\.\.\.$/, ""));
      if (contract.input?.param) expect(properties).toHaveProperty(contract.input.param);
    });

    test("has no option with the name of a global option, and no flag that is on by default", () => {
      for (const [name, { type, default: byDefault }] of Object.entries(properties)) {
        expect(GLOBAL_OPTIONS).not.toHaveProperty(optionName(name));
        if (type === "boolean") expect(byDefault ?? false).toBe(false);
      }
    });
  },
);
