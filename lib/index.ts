import "./kernels/register";

export { type Batch, BatchedDataset } from "./data/batches";
export {
	type LoadedDataset,
	type LoadOptions,
	load,
} from "./data/cats_vs_dogs";
export { countLabels } from "./data/count_labels";
export {
	ImageDataset,
	type MapFunction,
	type ShuffleOptions,
} from "./data/dataset";
export type { Example, Image, ImageExample } from "./data/example";
export type { DatasetInfo, SplitInfo } from "./data/info";
export {
	createPreprocess,
	type PreprocessOptions,
	preprocess,
} from "./data/preprocess";
export { accuracyChart, type ChartOptions } from "./display/charts";
export type { Figure } from "./display/figure";
export { show } from "./display/show";
export { TransferLearningError } from "./errors";
export { type MobileNetV2Options, mobileNetV2 } from "./model/mobilenet_v2";
export { summary } from "./model/summary";
export { evaluate } from "./training/evaluate";
export { type FitOptions, fit } from "./training/fit";
export type { History, Metrics } from "./training/history";
export { predict } from "./training/predict";
