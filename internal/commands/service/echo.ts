import { echo } from "../../../protocol/commands/service.ts";
import { handle } from "../../base/handler.ts";

export default handle(echo, async (_params, { input, output }) => {
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.byteLength;
    await output.write(chunk);
  }
  return { bytes };
});
