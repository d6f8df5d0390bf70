import { registerAdam } from "./adam";
import { registerMaxPoolGradient } from "./max_pool_gradient";
import { registerReluGradients } from "./relu_gradient";

// Once for the process, so that tfjs's own `fit` and `tf.grad` profit too.
registerReluGradients();
registerMaxPoolGradient();
registerAdam();
