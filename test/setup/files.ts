import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { TestContext } from "../support/server";

/** Makes a temporary folder that is removed when the test ends. */
export function makeFolder(t: TestContext): string {
	// The real path: a system may reach its temporary folder through a link.
	const temporary = fs.realpathSync(os.tmpdir());
	const folder = fs.mkdtempSync(path.join(temporary, "setup-test-"));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Writes a file that begins as an HDF5 file does, and returns its path. */
export function writeHdf5(folder: string): string {
	const file = path.join(folder, "weights.h5");
	fs.writeFileSync(file, Buffer.from("\x89HDF\r\n\x1a\n", "latin1"));
	return file;
}
