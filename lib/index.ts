import "./kernels/register";
import "./notebook/register";
import { registerCompile } from "./graph/compiled";

export { confidenceChart } from "./charts/confidence_chart";
export { confusionChart } from "./charts/confusion_chart";
export {
	type ComparisonChartOptions,
	comparisonChart,
	historyChart,
} from "./charts/history_charts";
export { labelChart } from "./charts/label_chart";
export type { PredictionChartOptions } from "./charts/predictions";
export { rocChart } from "./charts/roc_chart";
export type { ChartOptions, Figure } from "./charts/theme";
export {
	type Batch,
	BatchedDataset,
	type BatchMapFunction,
} from "./dataset/batches";
export { countLabels } from "./dataset/count_labels";
export { ImageDataset, type ShuffleOptions } from "./dataset/dataset";
export type { Example, Image, ImageExample, Label } from "./dataset/example";
export type { MapFunction, Preprocess } from "./dataset/map_chain";
export { type SplitOptions, split } from "./dataset/split";
export { describeDevice } from "./device";
export type { Displayable } from "./display";
export { TransferLearningError } from "./errors";
export { type Compiled, type CompileOptions, compile } from "./graph/compile";
export {
	createPreprocess,
	type PreprocessOptions,
	preprocess,
} from "./image/preprocess";
export { type MobileNetV2Options, mobileNetV2 } from "./models/mobilenet_v2";
export { summary } from "./models/summary";
export {
	type EncodedImage,
	type ImageGridOptions,
	imageGrid,
} from "./notebook/image_grid";
export { show } from "./notebook/show";
export type { DatasetInfo, LoadedDataset, SplitInfo } from "./sources/info";
export { type LoadOptions, load } from "./sources/load";
export type { Callback, Callbacks, Logs } from "./training/callbacks";
export { evaluate } from "./training/evaluate";
export { fit } from "./training/fit";
export type { FitOptions } from "./training/fit_options";
export type { History, Metrics } from "./training/history";
export { predict } from "./training/predict";
export type { RunOptions } from "./training/run_inference";

registerCompile();
