import { registerExtremumGradients } from "./extremum_gradient";
import { registerPointwiseGradient } from "./pointwise_gradient";
import { registerReluGradients } from "./relu_gradient";

// Once for the process, so that tfjs's own `fit` and `tf.grad` have them too.
registerReluGradients();
registerExtremumGradients();
registerPointwiseGradient();
