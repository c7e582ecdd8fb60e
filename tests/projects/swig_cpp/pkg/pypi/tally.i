%module tally

%include "std_string.i"
%include "exception.i"

%{
#include "tally/tally.h"
%}

%exception {
    try {
        $action
    } catch (const std::exception &error) {
        SWIG_exception(SWIG_ValueError, error.what());
    }
}

%include "tally/tally.h"
