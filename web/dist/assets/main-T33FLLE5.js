import"./chunk-T32SCMW6.js";
