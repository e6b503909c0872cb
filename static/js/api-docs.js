// Swagger UI on the page of the API, for reading: nothing is called from it.
const box = document.getElementById("api-docs");
window.SwaggerUIBundle({
  domNode: box,
  url: box.dataset.schema,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  supportedSubmitMethods: [],
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
