import"./chunk-IEFH5O4O.js";
