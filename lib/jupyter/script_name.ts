// Node's own function, which its type declares as read-only. tslab's executor calls it through this object, too.
const vm: {
	runInThisContext(code: string, options?: string | object): unknown;
} = require("node:vm");

/**
 * Names the next script that is run, for the stacks of its errors.
 *
 * @param code the part of the script whose lines and columns are counted; before it there is something on its first line
 */
export function nameNextScript(filename: string, code: string): void {
	const { runInThisContext } = vm;
	vm.runInThisContext = (script, options) => {
		vm.runInThisContext = runInThisContext;
		return runInThisContext(script, {
			...(options as object),
			filename,
			columnOffset: -script.indexOf(code),
			// Otherwise Node puts an excerpt of the compiled code before the stack.
			displayErrors: false,
		});
	};
}
