// Prints the names of the first 1,000 photos as JSON, so that Keras reads the same ones. Usage: names.mjs ARCHIVE
console.log = console.error;
const { default: library } = await import("transfer-learning");
const { train } = await library.load("cats_vs_dogs", {
	archive: process.argv[2],
});
const names = train
	.take(1000)
	.examples()
	.map(({ id }) => id);
process.stdout.write(JSON.stringify(names));
