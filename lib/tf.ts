import "./load_addon";
import "tfjs-on-wheel";
import * as tf from "@tensorflow/tfjs-node-gpu";

export { tf };
