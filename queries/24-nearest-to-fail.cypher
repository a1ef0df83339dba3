// What is hit first, and by how many ways, if a term fails?
// run: term=rabbitmq
IMPACT $term RANKED;
