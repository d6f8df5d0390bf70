import { type IncomingHttpHeaders, STATUS_CODES } from "node:http";
import { TransferLearningError } from "../errors";
import {
	type GetOptions,
	get,
	type HttpResponse,
	RetryableError,
} from "./http_get";
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
	const response = await get(url, headers, options);
	try {
		if (begin(response, part, options.size) === "whole") return;
		await receive(response, part, options);
	} finally {
		await response.close();
	}
}

/**
 * Checks what the response announces, and empties the part if the response holds the whole.
 *
 * @returns whether the part turns out to be the whole already, or the body is what it lacks
 */
function begin(
	{ status, headers }: HttpResponse,
	part: PartialFile,
	size: number | undefined,
): "whole" | "body" {
	const { url, validator, total } = part.source;
	const range = /^bytes (?:(\d+)-\d+|\*)\/(?:(\d+)|\*)$/.exec(
		headers["content-range"] ?? "",
	);
	const found = {
		url,
		validator: readValidator(headers),
		total: toNumber(status === 200 ? headers["content-length"] : range?.[2]),
	};
	if (status === 416 && part.length > 0) {
		// A range that begins where the file ends is refused, too.
		if (found.total === part.length) return "whole";
		part.restart();
		throw retryable("the server refused to resume");
	}
	checkStatus(status, headers, part);
	if (differ(size, found.total)) {
		throw new TransferLearningError(
			`${url} is not the file that was expected: the server announces ${found.total} bytes instead of ${size}.`,
		);
	}
	if (status === 200) {
		part.restart(found);
	} else if (
		toNumber(range?.[1]) !== part.length ||
		differ(found.validator, validator) ||
		differ(found.total, total)
	) {
		part.restart();
		throw retryable("the server resumed with another file");
	}
	return "body";
}

function checkStatus(
	status: number,
	headers: IncomingHttpHeaders,
	part: PartialFile,
): void {
	const answer = `the server answered ${status} ${STATUS_CODES[status] ?? ""}`;
	if ([408, 425, 429].includes(status) || status >= 500) {
		throw retryable(answer, readRetryAfter(headers["retry-after"]));
	}
	const { url } = part.source;
	if (status !== 200 && !(status === 206 && part.length > 0)) {
		throw new TransferLearningError(`${url} cannot be downloaded: ${answer}.`);
	}
	const encoding = headers["content-encoding"] ?? "identity";
	if (encoding !== "identity") {
		throw new TransferLearningError(
			`${url} cannot be downloaded: the server insists on sending it compressed (${encoding}).`,
		);
	}
}

async function receive(
	response: HttpResponse,
	part: PartialFile,
	{ size, onGrowth }: TransferOptions,
): Promise<void> {
	const { url, total } = part.source;
	const end = size ?? total ?? Number.POSITIVE_INFINITY;
	await response.receive((chunk) => {
		if (part.length + chunk.length > end) {
			part.restart();
			throw new TransferLearningError(
				`${url} is not the file that was expected: the server sends more than its ${end} bytes.`,
			);
		}
		part.append(chunk);
		onGrowth();
	});
	if (part.length < end && end !== Number.POSITIVE_INFINITY) {
		throw retryable(`the connection ended at byte ${part.length} of ${end}`);
	}
}

/** A strong ETag, else the time of last modification; a weak ETag promises nothing about bytes. */
function readValidator(headers: IncomingHttpHeaders): string | undefined {
	const { etag } = headers;
	return etag?.startsWith('"') ? etag : headers["last-modified"];
}

/** @returns milliseconds; Retry-After holds seconds or a date */
function readRetryAfter(value = ""): number {
	const wait = /^\d+$/.test(value)
		? Number(value) * 1000
		: Date.parse(value) - Date.now();
	return wait || 0;
}

function differ<T>(a: T | undefined, b: T | undefined): boolean {
	return a !== undefined && b !== undefined && a !== b;
}

function toNumber(digits: string | undefined): number | undefined {
	return digits === undefined ? undefined : Number(digits);
}

function retryable(message: string, retryAfter?: number): RetryableError {
	return new RetryableError(message, { answered: true, retryAfter });
}
