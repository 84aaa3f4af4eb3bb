// Sends what a client would send to the vendor to the sandbox.
const vendor = "https://api.instantly.ai";
const real = globalThis.fetch;
globalThis.fetch = (url, options) => real(String(url).replace(vendor, process.env.SANDBOX_URL), options);
