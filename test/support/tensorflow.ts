import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runPython, writeJson } from "./python";

/** What TensorFlow in Python makes of an image: at most the first million values, or an error. */
export type Decoded =
	| { readonly shape: number[]; readonly data: Uint8Array }
	| { readonly error: string };

/** As many values of an image are compared. */
export const comparedValues = 1_000_000;

/** Asks Python's `tf.io.decode_image(bytes, channels=3, expand_animations=False)` about images. */
export function decodeInPython(images: readonly Buffer[]): Decoded[] {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "images-"));
	try {
		const files = images.map((image, i) => {
			const file = path.join(folder, String(i));
			fs.writeFileSync(file, image);
			return file;
		});
		const answers = runPython<{ shape?: number[]; error?: string }[]>(
			`
import json, sys, tensorflow as tf
answers = []
for name in json.load(open(sys.argv[1])):
    try:
        image = tf.io.decode_image(tf.io.read_file(name), channels=3, expand_animations=False).numpy()
        open(name + ".pixels", "wb").write(image.ravel()[:${comparedValues}].tobytes())
        answers.append({"shape": list(image.shape)})
    except tf.errors.InvalidArgumentError as error:
        answers.append({"error": error.message})
print(json.dumps(answers))`,
			[writeJson(files)],
		);
		return answers.map(({ shape, error }, i) =>
			shape
				? { shape, data: fs.readFileSync(`${files[i]}.pixels`) }
				: { error: error ?? "" },
		);
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
}

/** The contents that Python's zipfile reads of an archive's members, in base64; null where it refuses one, or the whole. */
export function unzipInPython(
	archive: string,
): Readonly<Record<string, string | null>> | null {
	return runPython(
		`
import base64, json, sys, zipfile
def read(archive, name):
    try:
        if archive.getinfo(name).file_size > 2**26: return None
        return base64.b64encode(archive.read(name)).decode()
    except Exception:
        return None
try:
    with zipfile.ZipFile(sys.argv[1]) as archive:
        print(json.dumps({name: read(archive, name) for name in archive.namelist()}))
except Exception:
    print("null")`,
		[archive],
	);
}
