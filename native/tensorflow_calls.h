// Two calls that tfjs-node makes to TensorFlow, extended. Included before its own sources, see compiler.mjs.
//
// TensorFlow's fused convolutions have an attribute that is a list of strings, `fused_ops`, and one that is a list of
// types, `TArgs`. tfjs-node passes no such lists. With these, `fused_ops` may be "BiasAdd,Relu6", and `TArgs` a type.

#include <cstring>
#include <vector>
#include "tensorflow/c/eager/c_api.h"

inline void SetStringAttribute(TFE_Op *op, const char *name, const void *value,
                               size_t length) {
  if (std::strcmp(name, "fused_ops") != 0) {
    TFE_OpSetAttrString(op, name, value, length);
    return;
  }
  std::vector<const void *> parts;
  std::vector<size_t> lengths;
  const char *start = static_cast<const char *>(value);
  const char *end = start + length;
  while (start < end) {
    const void *comma = std::memchr(start, ',', end - start);
    const char *stop = comma ? static_cast<const char *>(comma) : end;
    parts.push_back(start);
    lengths.push_back(stop - start);
    start = stop + 1;
  }
  TFE_OpSetAttrStringList(op, name, parts.data(), lengths.data(),
                          static_cast<int>(parts.size()));
}

inline void SetTypeAttribute(TFE_Op *op, const char *name, TF_DataType type) {
  if (std::strcmp(name, "TArgs") == 0) {
    TFE_OpSetAttrTypeList(op, name, &type, 1);
  } else {
    TFE_OpSetAttrType(op, name, type);
  }
}

#define TFE_OpSetAttrString SetStringAttribute
#define TFE_OpSetAttrType SetTypeAttribute
