// Run by memory.test.ts in a process of its own: node --import tsx test/image/memory_worker.ts <photos> <archive>
import { load, preprocess } from "transfer-learning";

async function main(): Promise<void> {
	const [count, archive] = process.argv.slice(2);
	const { train } = await load("cats_vs_dogs", { archive });
	const start = performance.now();
	let photos = 0;
	const batches = train.take(Number(count)).map(preprocess).batch(32);
	for await (const { xs, ys } of batches.prefetch(2)) {
		photos += xs.shape[0];
		xs.dispose();
		ys.dispose();
	}
	const perSecond = (photos / (performance.now() - start)) * 1000;
	// In KiB, of the whole process.
	const peak = process.resourceUsage().maxRSS / 1024;
	console.log(JSON.stringify({ photos, perSecond, peak }));
}

main().catch((error: Error) => {
	console.error(error.stack);
	process.exit(1);
});
