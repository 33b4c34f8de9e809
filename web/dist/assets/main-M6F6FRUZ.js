import"./chunk-NXTWGZC6.js";
