import * as path from "node:path";
import { jupyterDir } from "../setup/paths.mjs";

/**
 * What Jupyter needs to find this clone's kernel before any other of its name, and our environment's extensions before
 * those of the user's home.
 */
export const jupyterEnv = {
	JUPYTER_PATH: [jupyterDir, process.env.JUPYTER_PATH]
		.filter(Boolean)
		.join(path.delimiter),
	JUPYTER_PREFER_ENV_PATH: "1",
};
