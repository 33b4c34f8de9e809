// For browsers that know no modules, which is the last thing that they run of the client.
location.replace('/basic')

export {}
