"""Recognition: what a picture shows (EfficientNet-Lite0, ImageNet names) and which objects are where (NanoDet, COCO).

Pictures are prepared and answers read off on worker threads (`classes`, `detections`); only the networks themselves
run on the device (`classifier_program`, `detector_program`); boxes can be carried on without it (`motion`).
"""
