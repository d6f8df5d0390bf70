import * as zlib from "node:zlib";
import { unsigned as tableCrc32 } from "buffer-crc32";

/** The CRC-32 that zip archives and PNG use. (Node has a native one since 20.15.) */
export const crc32: (data: Buffer) => number =
	(zlib as { crc32?: (data: Buffer) => number }).crc32 ?? tableCrc32;
