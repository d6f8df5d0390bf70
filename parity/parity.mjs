import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { describeKernel } from "../scripts/setup/kernel.mjs";
import { runMain } from "../scripts/setup/main.mjs";
import { root } from "../scripts/setup/paths.mjs";
import { setUp } from "../scripts/setup.mjs";

// npm run parity: the library beside Keras and TensorFlow in Python, on the same photos

await runMain(async () => {
	const environment = await setUp();
	const comparison = spawn(
		process.execPath,
		["--import", "tsx", path.join(root, "parity/main.ts"), environment.python],
		{
			cwd: root,
			stdio: "inherit",
			// Rounding grows in training, so both sides have the notebook's settings: oneDNN rounds in its own way.
			env: { ...process.env, ...describeKernel().env },
		},
	);
	const [code] = await once(comparison, "close");
	process.exitCode = code ?? 1;
});
