location.replace("/basic");
