import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { jupyterEnv, python, root } from "../support/python";
import { sampleArchive } from "../support/sample";

/** Where the tests keep their notebooks and JupyterLab's settings. */
export const workDir = path.join(root, "build", "browser");
const screensDir = path.join(root, "build", "screens");
const token = "browser-test";

/** A running JupyterLab and a browser. */
export interface Lab {
	readonly browser: Browser;
	/** Chooses JupyterLab's theme for pages that are opened or loaded afterwards. */
	setTheme(theme: "Light" | "Dark"): void;
	/** Opens a notebook of `workDir`; what the page complains of is added to `errors`. */
	open(name: string, errors: string[]): Promise<Page>;
	close(): Promise<void>;
}

/** Starts JupyterLab as `npm run lab` does, with settings of its own on the notebooks of `workDir`, and a browser. */
export async function startLab(): Promise<Lab> {
	// First, so that no JupyterLab is left running where there is no browser. (An ES module: CommonJS cannot require it.)
	const { launchBrowser } = await import("../../scripts/browser.mjs");
	const browser = await launchBrowser();
	const settings = path.join(workDir, `settings-${process.pid}`);
	// Cells that are out of sight are on the page too.
	writeSetting(settings, "notebook-extension/tracker", {
		windowingMode: "none",
	});
	// Otherwise JupyterLab asks at its first start whether it may fetch news.
	writeSetting(settings, "apputils-extension/notification", {
		fetchNews: "false",
	});
	const port = await freePort();
	fs.mkdirSync(workDir, { recursive: true });
	const lab = spawn(
		python,
		[
			...["-m", "jupyterlab", "--no-browser", "--allow-root"],
			"--LabApp.news_url=None",
			"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
			`--ServerApp.root_dir=${workDir}`,
			`--ServerApp.port=${port}`,
			`--IdentityProvider.token=${token}`,
		],
		{
			env: {
				...process.env,
				CATS_VS_DOGS: sampleArchive,
				...jupyterEnv,
				JUPYTERLAB_SETTINGS_DIR: settings,
				JUPYTERLAB_WORKSPACES_DIR: path.join(settings, "workspaces"),
			},
			stdio: "ignore",
		},
	);
	const url = `http://127.0.0.1:${port}`;
	await waitForServer(`${url}/api/status?token=${token}`, lab);
	return {
		browser,
		setTheme(theme) {
			writeSetting(settings, "apputils-extension/themes", {
				theme: `JupyterLab ${theme}`,
			});
		},
		async open(name, errors) {
			const page = await browser.newPage({
				viewport: { width: 1280, height: 900 },
			});
			listenForErrors(page, errors);
			await page.goto(`${url}/lab/tree/${name}?token=${token}&reset`);
			await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor();
			await waitForIdle(page);
			return page;
		},
		async close() {
			await browser.close();
			lab.kill("SIGTERM");
			await once(lab, "close");
			fs.rmSync(settings, { recursive: true, force: true });
		},
	};
}

/** Collects a page's errors. */
export function listenForErrors(page: Page, errors: string[]): void {
	page.on("pageerror", (error) => errors.push(String(error)));
	page.on("console", (message) => {
		if (message.type() === "error") errors.push(message.text());
	});
}

/** Restarts the kernel and runs all cells, as a reader does with ⏩. */
export async function restartAndRunAll(page: Page): Promise<void> {
	await page
		.locator('[data-command="notebook:restart-run-all"]')
		.first()
		.click();
	await page.locator(".jp-Dialog .jp-mod-accept").click();
}

/**
 * Waits until a code cell, counted from 1, has run.
 *
 * @throws Error with what is on stderr or in a traceback, if there is any: the cell has failed, or another before it
 */
export async function waitForCell(
	page: Page,
	number: number,
	timeout = 240_000,
): Promise<void> {
	const prompt = page
		.locator(".jp-CodeCell")
		.nth(number - 1)
		.locator(".jp-InputPrompt", { hasText: `[${number}]:` });
	const stderr = page.locator(
		'[data-mime-type$=".stderr"], [data-mime-type$=".error"]',
	);
	try {
		await prompt.or(stderr).first().waitFor({ timeout });
		if (await stderr.count()) throw new Error(await stderr.first().innerText());
	} catch (error) {
		await keepScreen(page, "stuck");
		throw error;
	}
}

/**
 * Waits until the kernel is connected and has nothing to do, by the status bar. (The notebook's own indicator says "idle" before
 * there is a kernel, and JupyterLab then drops a restart without a word.)
 */
export async function waitForIdle(page: Page): Promise<void> {
	await page.getByText("TypeScript | Idle").waitFor({ timeout: 60_000 });
}

/** Saves the notebook with its outputs. */
export async function save(page: Page): Promise<void> {
	const saved = page.waitForResponse(
		(response) =>
			response.request().method() === "PUT" &&
			response.url().includes("/api/contents/"),
	);
	await page.locator('[data-command="docmanager:save"]').first().click();
	await saved;
}

/** Keeps an image of the page, or of a part of it, for a person to look at: `build/screens/<name>.png`. */
export async function keepScreen(
	target: Pick<Page, "screenshot">,
	name: string,
): Promise<void> {
	fs.mkdirSync(screensDir, { recursive: true });
	await target.screenshot({ path: path.join(screensDir, `${name}.png`) });
}

/** Writes one of JupyterLab's settings, e.g. of `apputils-extension/themes`. */
function writeSetting(settings: string, name: string, value: object): void {
	const file = path.join(
		settings,
		"@jupyterlab",
		`${name}.jupyterlab-settings`,
	);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, JSON.stringify(value));
}

async function waitForServer(url: string, lab: ChildProcess): Promise<void> {
	for (let attempt = 0; attempt < 240; attempt++) {
		if (lab.exitCode !== null) break;
		const response = await fetch(url).catch(() => undefined);
		if (response?.ok) return;
		await sleep(250);
	}
	throw new Error("JupyterLab did not start. Try npm run lab.");
}

async function freePort(): Promise<number> {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as net.AddressInfo;
	server.close();
	return port;
}
