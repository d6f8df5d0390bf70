import { type IncomingHttpHeaders, STATUS_CODES } from "node:http";
import { TransferLearningError } from "../errors";
import { type Answer, type GetOptions, get, RetryableError } from "./http_get";
import type { PartialFile } from "./partial_file";

export interface TransferOptions extends GetOptions {
	/** The size that the whole must have, in bytes. */
	readonly size?: number;
	/** Whether the whole will be checked, so that parts of two versions cannot pass for one file. */
	readonly checked: boolean;
	/** Called whenever the part has grown. */
	readonly onGrowth: () => void;
}

/**
 * Fetches what is missing of `part` in one request.
 *
 * It asks for a range, by If-Range only of the same version; if a server sends the whole instead,
 * because it knows no ranges or has another version, the part begins anew (RFC 9110, 13.1.5 and 14).
 *
 * @throws RetryableError if another try may help; TransferLearningError if none can.
 */
export async function transfer(
	part: PartialFile,
	options: TransferOptions,
): Promise<void> {
	const { url, validator } = part.source;
	if (!validator && !options.checked) part.restart();
	// The bytes of a compressed transfer could be neither counted nor resumed.
	const headers: Record<string, string> = { "accept-encoding": "identity" };
	if (part.length > 0) {
		headers.range = `bytes=${part.length}-`;
		if (validator) headers["if-range"] = validator;
	}
	await get(url, headers, options, async (answer) => {
		if (part.length > 0 && answer.status === 416) {
			return settleRefusedRange(part, answer.headers);
		}
		checkAnswer(answer, part);
		begin(answer, part, options.size);
		await receive(answer, part, options);
	});
}

/** A range that begins where the file ends is refused: then there is nothing left to fetch. */
function settleRefusedRange(part: PartialFile, headers: IncomingHttpHeaders) {
	if (headers["content-range"] === `bytes */${part.length}`) return;
	part.restart();
	throw retryable("the server refused to resume");
}

function checkAnswer({ status, headers }: Answer, part: PartialFile): void {
	const { url } = part.source;
	const said = `the server answered ${status} ${STATUS_CODES[status] ?? ""}`;
	if ([408, 425, 429].includes(status) || status >= 500) {
		throw retryable(said, readRetryAfter(headers));
	}
	if (status !== 200 && !(status === 206 && part.length > 0)) {
		throw new TransferLearningError(`${url} cannot be downloaded: ${said}.`);
	}
	const encoding = headers["content-encoding"] ?? "identity";
	if (encoding !== "identity") {
		throw new TransferLearningError(
			`${url} cannot be downloaded: the server sends it compressed (${encoding}), although it was asked not to.`,
		);
	}
}

/** Compares what the answer announces with what is expected, and empties the part if the answer is the whole. */
function begin({ status, headers }: Answer, part: PartialFile, size?: number) {
	const { url } = part.source;
	const [, start, whole] =
		/^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
	const digits = status === 206 ? whole : headers["content-length"];
	const total = /^\d+$/.test(digits ?? "") ? Number(digits) : undefined;
	if (size !== undefined && total !== undefined && total !== size) {
		throw new TransferLearningError(
			`${url} is not the file that was expected: the server announces ${total} bytes instead of ${size}.`,
		);
	}
	const { etag } = headers;
	// A weak ETag promises nothing about bytes.
	const validator = etag?.startsWith('"') ? etag : headers["last-modified"];
	if (status === 200) {
		part.restart({ url, validator, total });
	} else if (
		Number(start) !== part.length ||
		differ(validator, part.source.validator) ||
		differ(total, part.source.total)
	) {
		part.restart();
		throw retryable("the server resumed with another file");
	}
}

/** Whether both are known and not the same. */
function differ<T>(a: T | undefined, b: T | undefined): boolean {
	return a !== undefined && b !== undefined && a !== b;
}

async function receive(
	{ chunks }: Answer,
	part: PartialFile,
	{ size, onGrowth }: TransferOptions,
): Promise<void> {
	const end = size ?? part.source.total;
	for await (const chunk of chunks) {
		if (end !== undefined && part.length + chunk.length > end) {
			part.restart();
			throw new TransferLearningError(
				`${part.source.url} is not the file that was expected: the server sends more than its ${end} bytes.`,
			);
		}
		part.append(chunk);
		onGrowth();
	}
	if (end !== undefined && part.length < end) {
		throw retryable(`the connection ended at byte ${part.length} of ${end}`);
	}
}

/** Retry-After in milliseconds: it holds seconds or a date. */
function readRetryAfter(headers: IncomingHttpHeaders): number | undefined {
	const value = headers["retry-after"] ?? "";
	const wait = /^\d+$/.test(value)
		? Number(value) * 1000
		: Date.parse(value) - Date.now();
	return Number.isNaN(wait) ? undefined : wait;
}

function retryable(message: string, retryAfter?: number): RetryableError {
	return new RetryableError(message, { answered: true, retryAfter });
}
