import * as path from "node:path";
import { dataDir } from "../paths";

/** Microsoft's archive, with the size and SHA-256 that TensorFlow Datasets verifies (`datasets/cats_vs_dogs/checksums.tsv`). */
export const officialArchive = {
	url: "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip",
	/** In bytes. */
	size: 824_887_076,
	sha256: "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
	file: path.join(dataDir, "kagglecatsanddogs_5340.zip"),
};
