// A photograph from the field: made small in the phone (a thin line carries it, and what the camera wrote beside the picture stays out).
const LONGEST_PX = 1600;
const QUALITY = 0.8;

/** The picture of `file` as a JPEG of at most 1600 px; raises when it is no picture. */
export async function smallPhoto(file, name) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const bytes = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return new File([bytes], name, { type: "image/jpeg" });
}
