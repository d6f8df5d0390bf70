/**
 * What Jupyter needs to prefer our environment's kernel and extensions to those of the user's home.
 */
export const jupyterEnv = { JUPYTER_PREFER_ENV_PATH: "1" };
