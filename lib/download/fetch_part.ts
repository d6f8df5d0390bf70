import { setTimeout as sleep } from "node:timers/promises";
import { TransferLearningError } from "../errors";
import { RetryableError } from "./http_get";
import type { PartialFile } from "./partial_file";
import { type TransferOptions, transfer } from "./transfer";

/** In milliseconds. */
export interface RetryTiming {
	/** Wait before the first retry, doubled before each that follows … */
	readonly firstWait: number;
	/** … up to this. */
	readonly longestWait: number;
	/** Bound of the wait that a server may ask for by Retry-After. */
	readonly longestRetryAfter: number;
}

/** Retries without progress before a download fails … */
const maxRetries = 5;
/** … and before a host that has never answered counts as out of reach. */
const maxRetriesUnanswered = 1;

/**
 * Fetches what is missing of `part`, in as many requests as it takes. One that brings the part further
 * than it ever was gives the following ones their full number of retries again.
 */
export async function fetchPart(
	part: PartialFile,
	options: TransferOptions & RetryTiming,
): Promise<void> {
	const { size, signal } = options;
	if (size !== undefined && part.length > size) part.restart();

	let furthest = part.length;
	let answered = false;
	let failures = 0;
	while (part.length !== (size ?? part.source.total)) {
		try {
			return await transfer(part, options);
		} catch (error) {
			if (!(error instanceof RetryableError)) throw error;
			answered ||= error.options.answered;
			failures = part.length > furthest ? 1 : failures + 1;
			furthest = Math.max(furthest, part.length);
			if (failures > (answered ? maxRetries : maxRetriesUnanswered)) {
				throw giveUp(part, answered, error);
			}
			const wait = chooseWait(failures, error.options.retryAfter, options);
			await sleep(wait, undefined, { signal });
		}
	}
}

function chooseWait(failures: number, retryAfter = 0, timing: RetryTiming) {
	const backOff = timing.firstWait * 2 ** (failures - 1);
	// Up to half of it is left to chance, so that many clients do not come back all at once.
	const chance = 1 - Math.random() / 2;
	return Math.max(
		Math.min(backOff, timing.longestWait) * chance,
		Math.min(retryAfter, timing.longestRetryAfter),
	);
}

function giveUp(part: PartialFile, answered: boolean, cause: RetryableError) {
	const { url } = part.source;
	return new TransferLearningError(
		answered
			? `${url} was given up after ${part.length} bytes and several tries: ${cause.message}. Run this again to resume.`
			: `${url} cannot be reached: ${cause.message}. Check the network, and HTTPS_PROXY if there is a proxy.`,
		{ cause },
	);
}
