import { spawn } from "node:child_process";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { jupyterEnv } from "./notebook/jupyter_env.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";

await runMain(async () => {
	const environment = await setUp();
	const lab = spawn(
		environment.python,
		[
			"-m",
			"jupyterlab",
			// Otherwise JupyterLab asks at its first start whether to fetch news.
			"--LabApp.news_url=None",
			"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
			// Otherwise JupyterLab does not start as root, as which one works in most containers.
			...(process.getuid?.() === 0 ? ["--allow-root"] : []),
			path.join("notebooks", "transfer_learning.ipynb"),
			...process.argv.slice(2),
		],
		{
			cwd: root,
			env: { ...process.env, ...jupyterEnv },
			stdio: "inherit",
		},
	);
	// JupyterLab handles Ctrl-C itself, and asks for confirmation.
	process.removeAllListeners("SIGINT").on("SIGINT", () => {});
	for (const signal of ["SIGTERM", "SIGHUP"])
		process.removeAllListeners(signal).on(signal, () => lab.kill("SIGTERM"));
	const [code, signal] = await once(lab, "close");
	process.exitCode =
		code ?? 128 + os.constants.signals[/** @type {"SIGTERM"} */ (signal)];
});
