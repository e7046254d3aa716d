/** The worker side of workerpool, without the rest of it: loading the whole package would cost each worker some ms. */
declare module "workerpool/src/worker.js" {
  const worker: { add(methods: Record<string, (argument: unknown) => unknown>): void };
  export default worker;
}
