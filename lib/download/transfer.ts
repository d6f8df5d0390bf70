import { type IncomingHttpHeaders, STATUS_CODES } from "node:http";
import { TransferLearningError } from "../errors";
import { type Answer, get, Interruption } from "./http_get";
import type { PartialFile, Source } from "./partial_file";

export interface TransferOptions {
	/** The size that the whole must have, in bytes. */
	readonly size?: number;
	/** Whether the whole will be checked, so that parts of two versions cannot pass for one file. */
	readonly checked: boolean;
	readonly stallTimeout: number;
	readonly signal: AbortSignal;
	/** Called whenever the part has grown. */
	readonly onGrowth: () => void;
}

/**
 * Fetches what is missing of `part` in one request.
 *
 * It asks for a range, by If-Range only of the same version; a server that sends the whole instead,
 * because it knows no ranges or has another version, begins the part anew (RFC 9110, 13.1.5 and 14).
 *
 * @throws Interruption if another try may help; TransferLearningError if none can.
 */
export async function transfer(
	part: PartialFile,
	options: TransferOptions,
): Promise<void> {
	const { url, validator } = part.source;
	if (!validator && !options.checked) await part.restart();
	// The bytes of a compressed transfer could be neither counted nor resumed.
	const headers: Record<string, string> = { "accept-encoding": "identity" };
	if (part.length > 0) {
		headers.range = `bytes=${part.length}-`;
		if (validator) headers["if-range"] = validator;
	}
	const answer = await get(url, headers, options);
	try {
		if (part.length > 0 && answer.status === 416) {
			await settleRefusedRange(part, answer.headers);
		} else {
			checkAnswer(answer, part);
			await begin(answer, part, options.size);
			await receive(answer, part, options);
		}
	} finally {
		await answer.close();
	}
}

/** A range that begins where the file ends is refused: then there is nothing left to fetch. */
async function settleRefusedRange(
	part: PartialFile,
	headers: IncomingHttpHeaders,
): Promise<void> {
	const total = /^bytes \*\/(\d+)$/.exec(headers["content-range"] ?? "")?.[1];
	if (Number(total) === part.length) return;
	await part.restart();
	throw interruption("the server refused to go on from there");
}

function checkAnswer({ status, headers }: Answer, part: PartialFile): void {
	const { url } = part.source;
	const said = `the server answered ${status} ${STATUS_CODES[status] ?? ""}`;
	if ([408, 425, 429].includes(status) || status >= 500) {
		throw interruption(said, readRetryAfter(headers));
	}
	if (status !== 200 && !(status === 206 && part.length > 0)) {
		throw new TransferLearningError(`${url} cannot be had: ${said}.`);
	}
	const encoding = headers["content-encoding"] ?? "identity";
	if (encoding !== "identity") {
		throw new TransferLearningError(
			`${url} cannot be had: the server insists on sending it compressed (${encoding}).`,
		);
	}
}

/** Compares what the answer announces with what is expected, and empties the part if the answer is the whole. */
async function begin(
	{ status, headers }: Answer,
	part: PartialFile,
	size: number | undefined,
): Promise<void> {
	const { url } = part.source;
	const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(
		headers["content-range"] ?? "",
	);
	const total = toNumber(
		status === 206 ? range?.[2] : headers["content-length"],
	);
	if (size !== undefined && total !== undefined && total !== size) {
		throw new TransferLearningError(
			`${url} is not the file that was expected: the server announces ${total} bytes instead of ${size}.`,
		);
	}
	const source = { url, validator: readValidator(headers), total };
	if (status === 200) {
		await part.restart(source);
	} else if (
		Number(range?.[1]) !== part.length ||
		!agree(source, part.source)
	) {
		await part.restart();
		throw interruption("the server went on with something else");
	}
}

async function receive(
	answer: Answer,
	part: PartialFile,
	{ size, onGrowth }: TransferOptions,
): Promise<void> {
	const { url } = part.source;
	const end = size ?? part.source.total ?? Number.POSITIVE_INFINITY;
	for await (const chunk of answer.chunks) {
		if (part.length + chunk.length > end) {
			await part.discard();
			throw new TransferLearningError(
				`${url} is not the file that was expected: the server sends more than its ${end} bytes.`,
			);
		}
		await part.append(chunk);
		onGrowth();
	}
	if (part.length < end && end !== Number.POSITIVE_INFINITY) {
		throw interruption(`the connection ended at byte ${part.length} of ${end}`);
	}
}

/** A strong ETag, else the time of last modification; a weak ETag promises nothing about bytes. */
function readValidator(headers: IncomingHttpHeaders): string | undefined {
	const { etag } = headers;
	return etag?.startsWith('"') ? etag : headers["last-modified"];
}

function agree(a: Source, b: Source): boolean {
	const differ = <T>(x: T, y: T) =>
		x !== undefined && y !== undefined && x !== y;
	return !differ(a.validator, b.validator) && !differ(a.total, b.total);
}

/** Retry-After in milliseconds: it holds seconds or a date. */
function readRetryAfter(headers: IncomingHttpHeaders): number | undefined {
	const value = headers["retry-after"];
	if (value === undefined) return undefined;
	const wait = /^\d+$/.test(value)
		? Number(value) * 1000
		: Date.parse(value) - Date.now();
	return Number.isNaN(wait) ? undefined : wait;
}

function toNumber(digits: string | undefined): number | undefined {
	return digits && /^\d+$/.test(digits) ? Number(digits) : undefined;
}

function interruption(message: string, retryAfter?: number): Interruption {
	return new Interruption(message, { answered: true, retryAfter });
}
