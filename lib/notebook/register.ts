import { setHost } from "../host";
import { setTrainingDisplay } from "../training/display";
import { createProgress } from "./progress";
import { createTrainingDisplay, formatHistory } from "./training_display";
import { onInterruption } from "./tslab";

setHost({ createProgress, onInterruption });
setTrainingDisplay(createTrainingDisplay, formatHistory);
