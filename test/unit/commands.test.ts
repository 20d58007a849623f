import assert from "node:assert/strict";
import { Command } from "@commander-js/extra-typings";
import { addShell } from "../../cli/commands/shell";
import { addTest } from "../../cli/commands/test";

describe("a command that runs another", () => {
  for (const [add, ...words] of [
    [addShell, "shell", "123", "api"],
    [addTest, "test", "123"],
  ] as const) {
    it(`says of ${words[0]} that the other's options go after --`, () => {
      let said = "";
      const program = new Command("preview").exitOverride().configureOutput({ writeErr: (text) => (said += text) });
      add(program);
      assert.throws(() => program.parse([...words, "python", "-c", "print(1)"], { from: "user" }), {
        code: "commander.unknownOption",
      });
      assert.match(said, new RegExp(`unknown option '-c'\n.* goes after --: preview ${words.join(" ")} -- `));
    });
  }
});
