import"./chunk-KJWX7Q2S.js";
