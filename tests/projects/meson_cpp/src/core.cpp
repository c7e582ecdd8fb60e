// Words in an order that puts each after those it needs; a class of exceptions tells of a cycle.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace py = pybind11;

namespace {

using Needs = std::map<std::string, std::set<std::string>>;

struct Cycle : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void visit(const std::string &word, const Needs &needs, std::set<std::string> &begun, std::vector<std::string> &done) {
    for (const auto &other : done) {
        if (other == word) {
            return;
        }
    }
    if (!begun.insert(word).second) {
        throw Cycle("a cycle through " + word);
    }
    for (const auto &other : needs.at(word)) {
        visit(other, needs, begun, done);
    }
    done.push_back(word);
}

std::vector<std::string> in_order(const Needs &needs) {
    std::vector<std::string> done;
    std::set<std::string> begun;
    for (const auto &[word, others] : needs) {
        visit(word, needs, begun, done);
    }
    return done;
}

} // namespace

PYBIND11_MODULE(_core, module) {
    py::register_exception<Cycle>(module, "Cycle", PyExc_ValueError);
    module.def("in_order", &in_order, py::arg("needs"));
}
