/** The environment of a Node that is to load a file first; options that it has already stay. */
export function withPreload(env: Readonly<Record<string, string>>, file: string): Record<string, string> {
  const option = `--require="${file.replaceAll(/[\\"]/g, "\\$&")}"`;
  const { NODE_OPTIONS: others } = env;
  return { ...env, NODE_OPTIONS: others === undefined || others === "" ? option : `${others} ${option}` };
}
