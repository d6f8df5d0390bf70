import * as path from "node:path";
import { root } from "./python";

/** The archive that the tests read: the environment's `CATS_VS_DOGS`, relative to the project. `npm test` sees to it that there is one. */
export const sampleArchive = path.resolve(
	root,
	process.env.CATS_VS_DOGS ?? "data/kagglecatsanddogs_5340.zip",
);

/** A test's options: it needs the sample of 3,000 real photos, whose examples are known. */
export const needsSample = {
	skip: /_sample\.zip$/.test(sampleArchive)
		? false
		: "the archive is another one than the sample of 3,000 photos",
};
