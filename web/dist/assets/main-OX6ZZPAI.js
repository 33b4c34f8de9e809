import"./chunk-2T66RPTL.js";
