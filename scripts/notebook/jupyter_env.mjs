import * as path from "node:path";
import { jupyterDir } from "../setup/paths.mjs";

/**
 * Lets Jupyter find this clone's kernel before others with the same name, and the environment's extensions before those in
 * the user's home.
 */
export const jupyterEnv = {
	JUPYTER_PATH: [jupyterDir, process.env.JUPYTER_PATH]
		.filter(Boolean)
		.join(path.delimiter),
	JUPYTER_PREFER_ENV_PATH: "1",
};
