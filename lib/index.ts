import "./kernels/register";
import { registerCompile } from "./model/compiled";

export {
	type Batch,
	BatchedDataset,
	type BatchMapFunction,
} from "./data/batches";
export { countLabels } from "./data/count_labels";
export { ImageDataset, type ShuffleOptions } from "./data/dataset";
export type { Example, Image, ImageExample, Label } from "./data/example";
export type { DatasetInfo, SplitInfo } from "./data/info";
export { type LoadedDataset, type LoadOptions, load } from "./data/load";
export type { MapFunction } from "./data/map_chain";
export {
	createPreprocess,
	type Preprocess,
	type PreprocessOptions,
	preprocess,
} from "./data/preprocess";
export { type SplitOptions, split } from "./data/split_dataset";
export {
	type BenchmarkStage,
	benchmarkChart,
	type GrowthPoint,
	growthChart,
	type Spread,
} from "./display/benchmark_charts";
export { confidenceChart } from "./display/confidence_chart";
export { confusionChart } from "./display/confusion_chart";
export type { Figure, Picture } from "./display/figure";
export {
	accuracyChart,
	comparisonChart,
	historyChart,
	lossChart,
} from "./display/history_charts";
export { type ImageGridOptions, imageGrid } from "./display/image_grid";
export { labelChart } from "./display/label_chart";
export type { PredictionChartOptions } from "./display/predictions";
export { rocChart } from "./display/roc_chart";
export { show } from "./display/show";
export type { ChartOptions } from "./display/theme";
export { TransferLearningError } from "./errors";
export { type MobileNetV2Options, mobileNetV2 } from "./model/mobilenet_v2";
export { summary } from "./model/summary";
export type { Callback, Callbacks, Logs } from "./training/callbacks";
export { evaluate, type RunOptions } from "./training/evaluate";
export { fit } from "./training/fit";
export type { FitOptions } from "./training/fit_options";
export type { History, Metrics } from "./training/history";
export { predict } from "./training/predict";

registerCompile();
