import * as path from "node:path";
import { TransferLearningError } from "../errors";

/** A file that cannot be used as a model's weights. */
export class WeightsError extends TransferLearningError {
	/**
	 * @param problem what is wrong with the file, such as `is truncated`
	 * @param remedy what the user can do, in whole sentences
	 */
	constructor(file: string, problem: string, remedy: string) {
		super(`The weights file ${path.resolve(file)} ${problem}. ${remedy}`);
	}
}

/** What the user can do about a file whose bytes are wrong. */
export const replaceFile =
	"Replace it with a whole copy. If it is in this project's data folder, delete it and run npm run setup.";
