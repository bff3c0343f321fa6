import { describe, expect, test } from "vitest";
import { appProgram } from "../../clients/typescript/launcher/app-program.ts";
import { runAppProgram } from "../../cmd/xsys/app-program.ts";
import { ownCommandLine } from "../../cmd/xsys/own-command-line.ts";
import { ended, startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

describe("the name of the program", () => {
  test.each([
    ["prydam", "prydam"],
    ["/usr/local/bin/guardian", "guardian"],
    ["node_modules/.bin/xypriss-guardian", "xypriss-guardian"],
    ["./prydam-linux-x64", "prydam-linux-x64"],
    ["/lib/node_modules/xsys/bin/prydam.cjs", "prydam"],
  ])("%s means the module app", (path, name) => expect(appProgram(path)).toBe(name));

  test.each(["xsys", "xhsc-linux-amd64", "/opt/prydam/xsys", "prydam-old", "myprydam", "guardian2", ""])(
    "%j does not",
    (path) => expect(appProgram(path)).toBeUndefined(),
  );
});

describe("prydam", () => {
  const as = (name: string, ...words: string[]) =>
    ended(startXsys(words, { argv0: name, cwd: sandbox.root, env: { ...process.env, XSYS_STATE: "/dev/null/state" } }));

  test("says its name in the version", async () => {
    expect(await as("/opt/bin/prydam", "--version")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^prydam \d+\.\d+\.\d+ \(/),
    });
  });

  test.each([[["--help"]], [[]], [["help"]]])("%j lists its verbs under its name", async (words) => {
    const { status, stdout } = await as("guardian", ...words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: guardian <action> \[arguments\] \[options\]$/m);
    for (const verb of ["start", "status", "logs", "apply", "daemon", "save"]) {
      expect(stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
    }
    expect(stdout).not.toMatch(/xsys app (?!` under)|^ {2}fs /m);
  });

  test.each([[["start", "--help"]], [["help", "start"]]])("%j is the help of app start", async (words) => {
    const { status, stdout } = await as("prydam", ...words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: prydam start <entry> \[args\.\.\.\] \[options\]$/m);
    expect(stdout).toContain("prydam start server.js --");
    expect(stdout).not.toContain("xsys app");
  });

  test("daemon --help is that of the daemon", async () => {
    expect((await as("prydam", "daemon", "--help")).stdout).toMatch(/^Usage: prydam daemon \[options\]$/m);
  });

  test("save does nothing, and says so", async () => {
    expect(await as("prydam", "save")).toMatchObject({ status: 0, stdout: expect.stringMatching(/nothing to save/) });
    expect((await as("prydam", "save", "--json")).stdout).toBe('{"status":"ok","data":null}\n');
  });

  test("runs the verbs of app, with their options and exit statuses", async () => {
    const { status, stderr } = await as("xypriss-guardian", "start", "gone.js", "--name", "web");
    expect([status, stderr]).toEqual([66, expect.stringContaining("gone.js does not exist")]);
    expect(await as("prydam", "--json", "frobnicate")).toMatchObject({
      status: 64,
      stdout: expect.stringContaining('"code":"UNKNOWN_COMMAND"'),
    });
  });
});

describe("the words of xsys", () => {
  async function wordsOf(...words: string[]): Promise<readonly string[]> {
    let run: readonly string[] = [];
    const config = await sandbox.write("config.toml", "");
    const note = async (own: readonly string[]) => {
      run = own;
      return 0;
    };
    await runAppProgram("prydam", ownCommandLine(words), note, config);
    return run;
  }

  test("have the module first", async () => {
    expect(await wordsOf("--json", "status", "web")).toEqual(["app", "--json", "status", "web"]);
  });

  test("have /etc/prydam/config.toml for a daemon without a configuration", async () => {
    const config = sandbox.path("config.toml");
    expect(await wordsOf("daemon", "--log-level", "warn")).toEqual([
      "daemon",
      "--log-level",
      "warn",
      "--config",
      config,
    ]);
    expect(await wordsOf("daemon", "--config", "a.json")).toEqual(["daemon", "--config", "a.json"]);
    expect(await wordsOf("daemon", "--config=a.json")).toEqual(["daemon", "--config=a.json"]);
  });
});
