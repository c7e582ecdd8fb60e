// Inverted tables: containers by value in both directions, and an exception when two keys meet.
#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace nb = nanobind;

static std::map<std::string, int> inverted(const std::map<int, std::vector<std::string>> &table) {
    std::map<std::string, int> result;
    for (const auto &[key, words] : table) {
        for (const auto &word : words) {
            if (!result.emplace(word, key).second) {
                throw nb::key_error(("twice: " + word).c_str());
            }
        }
    }
    if (result.empty()) {
        throw std::length_error("nothing to invert");
    }
    return result;
}

NB_MODULE(_core, module) { module.def("inverted", &inverted, nb::arg("table")); }
