const heads = new Map<string, string>();

/**
 * The beginning of a call's message, up to its params, which are the same for every call of a command. What follows is
 * the params as JSON, `,"input":true` if bytes follow, and `},"id":ID}`.
 */
export function commandHead(name: string): string {
  const known = heads.get(name);
  if (known !== undefined) return known;
  const [module = "", action = ""] = name.split(".");
  const head = `{"type":"CoreCommand","payload":{"module":${JSON.stringify(module)},"action":${JSON.stringify(action)},"params":`;
  heads.set(name, head);
  return head;
}
