/**
 * Keeps the outside out of the pure rules: no `Deno.`, no clock, no chance and no
 * dynamic import in `lib/*.ts`. The doors to the outside are in `lib/system/`.
 *
 * @module
 */

const PURE_FILE = /\/lib\/[^\/]+\.ts$/;
const OUTSIDE = new Map([
  ["Deno", "belongs into lib/system/"],
  ["fetch", "belongs nowhere: ssh and rsync do the network"],
]);
const CLOCKS = new Set(["Date.now", "Math.random", "Temporal.Now"]);

const plugin: Deno.lint.Plugin = {
  name: "roundrobinbackup",
  rules: {
    "pure-lib": {
      create(context) {
        if (!PURE_FILE.test(context.filename)) {
          return {};
        }
        return {
          Identifier(node) {
            const why = OUTSIDE.get(node.name);
            if (why !== undefined) context.report({ node, message: `${node.name} ${why}` });
          },
          MemberExpression(node) {
            const name = context.sourceCode.getText(node);
            if (!CLOCKS.has(name)) return;
            context.report({ node, message: `${name} belongs to the caller: pass the value in` });
          },
          ImportExpression(node) {
            context.report({ node, message: "Import statically: the binary has all its code" });
          },
          NewExpression(node) {
            if (context.sourceCode.getText(node.callee) !== "Date") return;
            context.report({ node, message: "new Date belongs to the caller: pass the value in" });
          },
        };
      },
    },
  },
};

export default plugin;
